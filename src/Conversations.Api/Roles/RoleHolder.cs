using Conversations.Api.ChatServices;
using Conversations.Api.Data;

namespace Conversations.Api.Roles;

/// <summary>
/// A type of rows that have a role. When the role is deleted, the rows get the default role of their chat service.
/// </summary>
/// <param name="GiveDefaultAsync">Gives the default role to all rows that have the role with the SID.</param>
public sealed record RoleHolder(
    Func<ConversationsDbContext, string, ChatService, CancellationToken, Task> GiveDefaultAsync
);
