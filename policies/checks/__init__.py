"""What is wrong with a policy that can be read: what nobody meets, what shows too much, what disagrees."""
