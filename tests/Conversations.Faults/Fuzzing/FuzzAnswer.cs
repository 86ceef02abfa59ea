namespace Conversations.Faults.Fuzzing;

/// <summary>The server's answer.</summary>
/// <param name="Status">0 when the server closed the connection without an answer.</param>
public sealed record FuzzAnswer(int Status, string Head, string Body);
