"""Skills: who can do what how well, what people and teams take, what work asks for, and what makes it urgent.

Words: a *skill* (技能) is held at a *level* from 1 to 5 (熟练度), perhaps until a day; a *requirement rule* says which
skills work asks for, as *steps* that relax one after the other; *weights* say how much each part of the priority score
counts. Nothing here gives work to anybody: the engine reads it.
"""
