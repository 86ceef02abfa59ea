using Conversations.Api.Data;

namespace Conversations.Api.Roles;

/// <summary>
/// A type of rows that have a role. When the role is deleted, the rows get the default role of their chat service.
/// </summary>
/// <param name="CountAsync">Counts the rows that have the role with the SID, up to a maximum.</param>
/// <param name="ReplaceAsync">
/// Gives the second role to rows that have the first one, up to a maximum, and returns their number.
/// </param>
public sealed record RoleHolder(
    Func<ConversationsDbContext, string, int, CancellationToken, Task<int>> CountAsync,
    Func<ConversationsDbContext, string, string, int, CancellationToken, Task<int>> ReplaceAsync
);
