using Conversations.Api.Accounts;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Wire;

namespace Conversations.Api.Conversations;

/// <summary>Conversations and their rows as a request may see them.</summary>
public static class ConversationScope
{
    /// <summary>The conversation of that SID or UniqueName: none or one row. No UniqueName has the form of a SID.</summary>
    public static IQueryable<Conversation> ConversationNamed(this RequestScope scope, string sidOrUniqueName) =>
        Sids.Is<Conversation>(sidOrUniqueName)
            ? scope.All<Conversation>().Where(c => c.Sid == sidOrUniqueName)
            : scope.All<Conversation>().Where(c => c.UniqueName == sidOrUniqueName);

    /// <summary>The same for a compiled query.</summary>
    public static ResourcePath Path(this RequestScope scope, string sidOrUniqueName) =>
        Sids.Is<Conversation>(sidOrUniqueName)
            ? new(scope.AccountSid, scope.ChatServiceSidInPath, ConversationSid: sidOrUniqueName)
            : new(scope.AccountSid, scope.ChatServiceSidInPath, UniqueName: sidOrUniqueName);

    /// <summary>Reads the page of a list of the conversation.</summary>
    /// <exception cref="TwilioException">20404: there is no such conversation. 20001: the page token is none of this list's.</exception>
    public static Task<Page<T>> PageAsync<T>(
        this RequestScope scope,
        ListQuery<T> list,
        string sidOrUniqueName,
        PageRequest request,
        CancellationToken cancellationToken
    )
        where T : ConversationChild, IResource =>
        scope.PageAsync(list, scope.Path(sidOrUniqueName), request, filter: null, cancellationToken);
}
