using Conversations.Api.ChatServices;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Http.Features;

namespace Conversations.Api.Accounts;

/// <summary>
/// Whose request this is (the account of its credentials, the chat service of its path), and the only door to the rows it may see.
/// The scope is part of each query, so that it costs no look-up of its own and is never out of date.
/// </summary>
public sealed class RequestScope(IHttpContextAccessor accessor, ConversationsDbContext db, PublicUrl publicUrl)
{
    private readonly HttpContext http = accessor.HttpContext!;

    public AccountOptions Account => http.Features.GetRequiredFeature<AccountOptions>();

    public string AccountSid => Account.Sid;

    /// <summary>The chat service named in the path; null in the shape that means the account's default one.</summary>
    public string? ChatServiceSidInPath => http.Request.RouteValues["ChatServiceSid"] as string;

    /// <summary>Whether the caller wants webhooks: only the header X-Twilio-Webhook-Enabled: true, in any case of letters, says so.</summary>
    public bool WebhooksEnabled =>
        string.Equals(http.Request.Headers["X-Twilio-Webhook-Enabled"], "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Runs when the answer is out.</summary>
    public void OnAnswered(Action action) =>
        http.Response.OnCompleted(() =>
        {
            action();
            return Task.CompletedTask;
        });

    /// <summary>The account's chat service that the path names or means: none or one row.</summary>
    public IQueryable<ChatService> ChatService
    {
        get
        {
            var (accountSid, sid) = (AccountSid, ChatServiceSidInPath);
            return sid is null
                ? db.Set<ChatService>()
                    .Where(s =>
                        s.AccountSid == accountSid
                        && s.Sid == db.Set<Account>().First(a => a.Sid == accountSid).DefaultChatServiceSid
                    )
                : db.Set<ChatService>().Where(s => s.AccountSid == accountSid && s.Sid == sid);
        }
    }

    /// <summary>All rows of a kind in the account's chat service that the path names or means.</summary>
    public IQueryable<T> All<T>()
        where T : ServiceResource => Own(db.Set<T>());

    /// <summary>Those of the rows that are in the account's chat service that the path names or means.</summary>
    public IQueryable<T> Own<T>(IQueryable<T> rows)
        where T : ServiceResource
    {
        var (accountSid, sid) = (AccountSid, ChatServiceSidInPath);
        return sid is null
            ? rows.Where(r =>
                r.AccountSid == accountSid
                && r.ChatServiceSid == db.Set<Account>().First(a => a.Sid == accountSid).DefaultChatServiceSid
            )
            : rows.Where(r => r.AccountSid == accountSid && r.ChatServiceSid == sid);
    }

    /// <summary>Reads the page of a list of the account or of the chat service that the path names or means.</summary>
    /// <param name="filter">The value of the list's own filter; null for all rows.</param>
    /// <exception cref="TwilioException">20404: there is no such chat service. 20001: the page token is none of this list's.</exception>
    public Task<Page<T>> PageAsync<T>(
        ListQuery<T> list,
        PageRequest request,
        string? filter = null,
        CancellationToken cancellationToken = default
    )
        where T : Resource, IResource =>
        PageAsync(list, new ResourcePath(AccountSid, ChatServiceSidInPath), request, filter, cancellationToken);

    /// <summary>Reads the page of a list.</summary>
    /// <param name="at">Whose list.</param>
    /// <exception cref="TwilioException">20404: there is no such list. 20001: the page token is none of this list's.</exception>
    public async Task<Page<T>> PageAsync<T>(
        ListQuery<T> list,
        ResourcePath at,
        PageRequest request,
        string? filter,
        CancellationToken cancellationToken
    )
        where T : Resource, IResource
    {
        var slice =
            await list.ReadAsync(db, at, filter, request.Start<T>(), request.Size, cancellationToken)
            ?? throw NotFound();
        return new(slice.Rows, request, slice.Previous, slice.Next);
    }

    public TwilioException NotFound() => new(TwilioErrors.NotFound(PathSegments.PathWithoutVersion(http.Request)));

    /// <summary>The absolute URL of a resource, in the shape and at the address the caller used.</summary>
    /// <param name="path">The path below the chat service, such as Conversations/CH….</param>
    public string Url(string path) =>
        ChatServiceSidInPath is { } sid ? AccountUrl($"Services/{sid}/{path}") : AccountUrl(path);

    /// <summary>The absolute URL of a resource that belongs to the account and not to a chat service.</summary>
    public string AccountUrl(string path) => $"{publicUrl.Of(http.Request)}/v1/{path}";

    /// <summary>The absolute URL of the requested path, without its query.</summary>
    public string RequestedUrl => publicUrl.Of(http.Request) + PathSegments.RequestedPath(http.Request);
}
