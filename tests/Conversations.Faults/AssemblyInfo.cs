// Two classes at a time: most wait for servers and databases of their own.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
