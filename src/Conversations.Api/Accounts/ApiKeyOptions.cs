namespace Conversations.Api.Accounts;

/// <summary>An API key: SK and 32 hexadecimal digits, and its secret.</summary>
public sealed record ApiKeyOptions
{
    public string Sid { get; init; } = "";

    public string Secret { get; init; } = "";
}
