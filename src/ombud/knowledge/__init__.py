"""Knowledge: what the desk and its customers may read about products, rules and ways to help themselves.

Words: an *article* (知识条目) is an article proper, a frequent question (常见问题) or a standard script
(标准话术), each in *versions* and languages. Knows neither tickets nor customers: whoever shows it says who reads.
"""
