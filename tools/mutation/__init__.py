"""Mutation run over the tick: does some test fail for each small error put into it?"""
