"""Checkout testing: can people still buy?"""
