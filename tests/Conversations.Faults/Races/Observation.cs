namespace Conversations.Faults.Races;

/// <summary>A request, its answer, and its start and end.</summary>
/// <param name="Answer">The status and the parts of the body that the model predicts, see <see cref="Model"/>.</param>
/// <param name="NewSid">The SID of the created row, else null.</param>
public sealed record Observation(string Client, SentRequest Sent, string Answer, string? NewSid, long From, long To)
{
    public override string ToString() =>
        $"{From, 12} {To, 12} {Client}: {Sent.Verb} {Sent.Conversation} {Sent.Child} {Sent.Fields} -> "
        + $"{Answer}{(NewSid is null ? "" : $" ({NewSid})")}";
}
