namespace Conversations.Faults.Schedules;

/// <summary>
/// How a statement locks rows of a table. Two modes conflict when the sum of their numbers is
/// <see cref="Footprint.LeastConflict"/> or more.
/// </summary>
internal enum LockMode
{
    /// <summary>By a foreign key: the row must stay, and may change.</summary>
    Key = 0,

    /// <summary>FOR SHARE.</summary>
    Share = 1,

    /// <summary>By an INSERT or UPDATE, or FOR UPDATE.</summary>
    Write = 2,

    Delete = 3,
}
