namespace Conversations.Api.OpenApi;

/// <summary>The SIDs and dates that the rows of all examples share, so that they refer to each other.</summary>
public static class ExampleRows
{
    public static readonly DateTime Date = new(2026, 11, 28, 9, 30, 0, DateTimeKind.Utc);

    /// <summary>Returns the same SID for the same arguments.</summary>
    /// <param name="number">From 1 to 9. A row with a greater number has a greater SID.</param>
    public static string Sid(string prefix, int number = 1) => $"{prefix}08de2e5d9c1f7a{number}04b1f0c6e2d8a9b37";
}
