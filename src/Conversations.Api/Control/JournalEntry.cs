namespace Conversations.Api.Control;

/// <summary>What the journal keeps of one request or delivery.</summary>
public abstract record JournalEntry
{
    /// <summary>The entry's place in the journal, which a later change of the entry moves.</summary>
    public long Cursor { get; init; }

    /// <summary>The memory that the entry takes, in bytes.</summary>
    public required int Size { get; init; }
}
