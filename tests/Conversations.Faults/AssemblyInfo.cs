// Each class here loads the machine or makes its database unavailable. Classes run one at a time, so that a result
// belongs to one class.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
