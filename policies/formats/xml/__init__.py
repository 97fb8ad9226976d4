"""XML: masked record by record, as answers and as what is sent."""
