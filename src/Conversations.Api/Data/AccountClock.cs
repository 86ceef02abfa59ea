namespace Conversations.Api.Data;

/// <summary>
/// The time of one account, in the scope of a request or of a worker. It is real time unless the account's clock was
/// moved (<see cref="AccountClocks"/>). Rows take all their dates and SIDs from here.
/// </summary>
public sealed class AccountClock(TimeProvider time, AccountClocks clocks)
{
    private MovedClock? moved;

    private SidSequence? sids;

    /// <summary>Whether the account has a time of its own. Else the database's time decides what is due.</summary>
    public bool IsMoved => moved is not null;

    public DateTime Now => (moved?.At(time.GetUtcNow()) ?? time.GetUtcNow()).UtcDateTime;

    /// <summary>
    /// Makes a SID. Its time is real time: it sorts after all earlier ones, also when the account's clock was set back.
    /// The SIDs of an account with a seed have no time.
    /// </summary>
    public string NewSid(string prefix) => sids?.Next(prefix) ?? Sids.New(prefix, time.GetUtcNow());

    /// <summary>Makes a SID for a resource type.</summary>
    public string NewSid<T>()
        where T : IResource => NewSid(T.SidPrefix);

    /// <summary>From now on the scope belongs to this account.</summary>
    public void Set(string accountSid) => Set(clocks.Find(accountSid));

    /// <summary>The SIDs of the scope come from a sequence.</summary>
    public void Set(SidSequence sequence) => sids = sequence;

    /// <param name="clock">Null for real time.</param>
    public void Set(MovedClock? clock) => moved = clock;
}
