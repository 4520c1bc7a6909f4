demo.py
print(1)
