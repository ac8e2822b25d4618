"""The HTTP door: views parse, read the clock once, open the transaction, call one use case and leave."""
