// Most tests wait for a server, a database or a pause, so more of them run at the same time than there are cores.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
