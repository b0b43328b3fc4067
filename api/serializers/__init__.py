"""What the API's answers look like. Fields are typed and described here; the documentation is made from them."""
