// Each class here loads the machine or takes its database away: one at a time, so that what is seen is what the class did.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
