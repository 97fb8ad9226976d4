"""What reads pages and pictures, and paints over what must be hidden. Runs in a process of its own."""
