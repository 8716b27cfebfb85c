"""Networks from elsewhere: Keras models, files and Python code become graphs."""
