import time

first = True
time.sleep(0.05)
second = True
