namespace Conversations.Api.Wire;

/// <summary>How long a request may take: the longest time of the database plus that of a webhook.</summary>
public sealed record RequestTimeout(TimeSpan Value);
