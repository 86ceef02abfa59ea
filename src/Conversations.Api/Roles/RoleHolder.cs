using Conversations.Api.ChatServices;
using Conversations.Api.Data;

namespace Conversations.Api.Roles;

/// <summary>A kind of rows that have a role. When the role is deleted, they get the default one of their chat service.</summary>
/// <param name="GiveDefaultAsync">Gives the default role to all rows that have the role of that SID.</param>
public sealed record RoleHolder(
    Func<ConversationsDbContext, string, ChatService, CancellationToken, Task> GiveDefaultAsync
);
