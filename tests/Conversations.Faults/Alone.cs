namespace Conversations.Faults;

/// <summary>
/// The classes that measure times or memory, or change something of the whole process. No other class runs beside them.
/// </summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
