"""Tables of the contract: raw cells become typed ones, by strict reading; keys become one form."""
