namespace Conversations.Api.Wire;

/// <summary>
/// How long a request may take: the longest time of the database plus that of a webhook. The client's time does not
/// count, see <see cref="RequestTimer"/>.
/// </summary>
public sealed record RequestTimeout(TimeSpan Value);
