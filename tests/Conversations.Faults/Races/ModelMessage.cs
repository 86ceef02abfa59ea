namespace Conversations.Faults.Races;

/// <summary>A message, as far as the rules need it.</summary>
/// <param name="Participant">
/// The SID of the participant that the author named when it was written; null for none.
/// </param>
public sealed record ModelMessage(string Sid, string Conversation, int Index, string Author, string? Participant)
{
    public string Text => $"{Sid} {Index} {Author}|{Participant}";
}
