"""The page of the contest: usage, relationship or champion?"""
