namespace Conversations.Api.OpenApi;

/// <summary>What the rows of all examples share, so that they refer to each other.</summary>
public static class ExampleRows
{
    /// <summary>What Swagger UI fills in where a conversation is asked for: one that the built-in account begins with.</summary>
    public const string ConversationUniqueName = "my-first-conversation";

    public static readonly DateTime Date = new(2026, 11, 28, 9, 30, 0, DateTimeKind.Utc);

    /// <summary>The same SID for the same arguments.</summary>
    /// <param name="number">From 1 to 9; later rows have greater SIDs.</param>
    public static string Sid(string prefix, int number = 1) => $"{prefix}08de2e5d9c1f7a{number}04b1f0c6e2d8a9b37";
}
