cheese = "Caerphilly"
