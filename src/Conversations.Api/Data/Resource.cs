namespace Conversations.Api.Data;

/// <summary>
/// The members of every stored resource. The SID is the primary key and sorts by creation, see <see cref="Sids"/>.
/// </summary>
public abstract class Resource
{
    /// <summary>
    /// The <see cref="AccountSid"/> of a deleted row of which something is left, see <see cref="Remainder"/>. No
    /// request finds it.
    /// </summary>
    public const string NoAccount = "";

    public required string Sid { get; init; }

    public required string AccountSid { get; init; }

    public required DateTime DateCreated { get; set; }

    public required DateTime DateUpdated { get; set; }
}
