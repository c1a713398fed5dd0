import time

time.sleep(0.02)
import _circle_a

done = True
