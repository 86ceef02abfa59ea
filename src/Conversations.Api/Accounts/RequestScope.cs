using Conversations.Api.ChatServices;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Http.Features;

namespace Conversations.Api.Accounts;

/// <summary>
/// The account of the request's credentials, the chat service of its path, and the only access to the rows that the
/// request may see. The scope is part of each query, so it needs no query of its own and is never out of date.
/// </summary>
public sealed class RequestScope(IHttpContextAccessor accessor, ConversationsDbContext db, PublicUrl publicUrl)
{
    private readonly HttpContext http = accessor.HttpContext!;

    public AccountOptions Account => http.Features.GetRequiredFeature<AccountOptions>();

    public string AccountSid => Account.Sid;

    /// <summary>The chat service in the path; null in the shape without one, which means the default service.</summary>
    public string? ChatServiceSidInPath =>
        Origin?.ChatServiceSid ?? http.Request.RouteValues["ChatServiceSid"] as string;

    /// <summary>Null for changes that the caller of the API makes.</summary>
    public ChangeOrigin? Origin { get; set; }

    /// <summary>
    /// Whether the caller wants webhooks: the header X-Twilio-Webhook-Enabled is true, in upper or lower case. Changes
    /// of another origin always have them.
    /// </summary>
    public bool WebhooksEnabled =>
        Origin is not null
        || string.Equals(http.Request.Headers["X-Twilio-Webhook-Enabled"], "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Runs the action after the answer is sent.</summary>
    public void OnAnswered(Action action) =>
        http.Response.OnCompleted(() =>
        {
            action();
            return Task.CompletedTask;
        });

    /// <summary>Gives the request its full time again, after a part of its work is stored.</summary>
    public void RestartTimeout() => http.Features.Get<RequestTimer>()?.Start();

    /// <summary>The chat service of the request: one row or none.</summary>
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

    /// <summary>All rows of one type in the chat service of the request.</summary>
    public IQueryable<T> All<T>()
        where T : ServiceResource => Own(db.Set<T>());

    /// <summary>The given rows that are in the chat service of the request.</summary>
    public IQueryable<T> Own<T>(IQueryable<T> rows)
        where T : ServiceResource
    {
        var (accountSid, sid) = (AccountSid, ChatServiceSidInPath);
        return sid is null
            ? rows.Where(r =>
                r.AccountSid == accountSid
                && r.ChatServiceSid == db.Set<Account>().First(a => a.Sid == accountSid).DefaultChatServiceSid
            )
            : rows.Where(r =>
                r.AccountSid == accountSid
                && r.ChatServiceSid == sid
                && db.Set<ChatService>().Any(s => s.Sid == sid && s.AccountSid == accountSid)
            );
    }

    /// <summary>Reads a page of a list of the account or of the chat service of the request.</summary>
    /// <param name="filter">The value of the list's filter; null for all rows.</param>
    /// <exception cref="TwilioException">
    /// 20404: the chat service does not exist. 20001: the page token is not one of this kind of list.
    /// </exception>
    public Task<Page<T>> PageAsync<T>(
        ListQuery<T> list,
        PageRequest request,
        string? filter = null,
        CancellationToken cancellationToken = default
    )
        where T : Resource, IResource =>
        PageAsync(list, new ResourcePath(AccountSid, ChatServiceSidInPath), request, filter, cancellationToken);

    /// <summary>Reads a page of a list.</summary>
    /// <param name="at">The parent of the list.</param>
    /// <exception cref="TwilioException">
    /// 20404: the parent does not exist. 20001: the page token is not one of this kind of list.
    /// </exception>
    public async Task<Page<T>> PageAsync<T>(
        ListQuery<T> list,
        ResourcePath at,
        PageRequest request,
        string? filter,
        CancellationToken cancellationToken
    )
        where T : Resource, IResource
    {
        var (start, end) = request.Range<T>();
        var slice =
            await list.ReadAsync(db, at, filter, start, end, request.Size, cancellationToken) ?? throw NotFound();
        return new(slice.Rows, request, slice.Previous is { } previous ? previous + start : null, slice.Next);
    }

    /// <summary>Reads a page of a list over an index.</summary>
    /// <param name="at">The parent of the list.</param>
    /// <exception cref="TwilioException">
    /// 20404: the parent does not exist. 19038, 20001: the page token is not one of this kind of list.
    /// </exception>
    public async Task<Page<T>> PageAsync<T>(
        ListQuery<T, long?> list,
        ResourcePath at,
        PageRequest request,
        CancellationToken cancellationToken
    )
        where T : Resource
    {
        var slice =
            await list.ReadAsync(db, at, filter: null, request.StartIndex(), end: null, request.Size, cancellationToken)
            ?? throw NotFound();
        return new(slice.Rows, request, slice.Previous, slice.Next);
    }

    public TwilioException NotFound() => new(TwilioErrors.NotFound(PathSegments.PathWithoutVersion(http.Request)));

    /// <summary>The absolute URL of a resource, in the shape and with the host of the request.</summary>
    /// <param name="path">The path below the chat service, such as Conversations/CH….</param>
    public string Url(string path) =>
        ChatServiceSidInPath is { } sid ? AccountUrl($"Services/{sid}/{path}") : AccountUrl(path);

    /// <summary>The absolute URL of a resource that belongs to the account, not to a chat service.</summary>
    public string AccountUrl(string path) => $"{publicUrl.Of(http.Request)}/v1/{path}";

    /// <summary>The absolute URL of the requested path, without its query.</summary>
    public string RequestedUrl => publicUrl.Of(http.Request) + PathSegments.RequestedPath(http.Request);
}
