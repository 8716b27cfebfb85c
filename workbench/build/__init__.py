"""From a graph to Keras: layers, shape inference, models. Importing this needs no Keras yet."""
