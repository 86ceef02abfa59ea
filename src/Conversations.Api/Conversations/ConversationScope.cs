using Conversations.Api.Accounts;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Wire;

namespace Conversations.Api.Conversations;

/// <summary>The conversations that a request may see, and the lists of their resources.</summary>
public static class ConversationScope
{
    /// <summary>
    /// The conversation with the SID or UniqueName: one row or none. A UniqueName can't have the form of a SID.
    /// </summary>
    public static IQueryable<Conversation> ConversationNamed(this RequestScope scope, string sidOrUniqueName) =>
        Sids.Is<Conversation>(sidOrUniqueName)
            ? scope.All<Conversation>().Where(c => c.Sid == sidOrUniqueName)
            : scope.All<Conversation>().Where(c => c.UniqueName == sidOrUniqueName);

    /// <summary>The same for a compiled query.</summary>
    public static ResourcePath Path(this RequestScope scope, string sidOrUniqueName) =>
        Sids.Is<Conversation>(sidOrUniqueName)
            ? new(scope.AccountSid, scope.ChatServiceSidInPath, ConversationSid: sidOrUniqueName)
            : new(scope.AccountSid, scope.ChatServiceSidInPath, UniqueName: sidOrUniqueName);

    /// <summary>Reads a page of one of the conversation's lists.</summary>
    /// <exception cref="TwilioException">
    /// 20404: the conversation does not exist. 20001: the page token is not one of this kind of list.
    /// </exception>
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
