using System.Text.RegularExpressions;
using Conversations.Api.Accounts;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Messages;
using Conversations.Api.Participants;
using Conversations.Api.Users;
using Conversations.Api.Wire;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Control;

/// <summary>
/// Explains the error of a request: the rule, and the row that stands in the way as it is now. Rules of format are
/// those of the operation's form. The rules of the table need the database.
/// </summary>
internal sealed partial class ErrorExplanations(ConversationsDbContext db, IServiceProvider services)
{
    private static readonly Dictionary<int, string> Rules = new()
    {
        [20404] = "The path names rows that the account has.",
        [20409] = "Other requests changed the same rows at the same time. The request can be repeated.",
        [50056] = "The receiver of the pre-action webhook must answer with a status from 200 to 299.",
        [50201] = "An identity belongs to one user of a chat service.",
        [50353] = "A unique name belongs to one conversation of a chat service.",
        [50377] = "A closed conversation takes no writes.",
        [50386] = "A conversation takes no writes until its first participants are added.",
        [50416] = "A pair of address and proxy address may be in only one open conversation.",
        [50425] = "A pair of address and proxy address may be in only one open conversation.",
        [50433] = "A conversation can have an identity only once.",
        [50437] = "A group text can have an address only once.",
        [50438] = "Only one open group text of the account can have this set of addresses.",
        [50508] = "A media object belongs to one message of a chat service.",
    };

    /// <returns>Null for a success.</returns>
    public async Task<RequestErrorResource?> ExplainAsync(
        string accountSid,
        RequestEntry entry,
        CancellationToken cancellationToken
    )
    {
        if (entry.Error is not { } error)
        {
            return null;
        }

        var fault = entry.Fault is { IsError: true, Id: var id } ? id : null;
        var rows = fault is null ? await RowsAsync(accountSid, entry, error, cancellationToken) : null;
        var row = rows is null ? null : await rows.FirstOrDefaultAsync(cancellationToken);
        return new(
            error.Code,
            error.Message,
            error.MoreInfo,
            fault is null ? RuleOf(entry, error) : $"The rule of faults {fault} made this error.",
            row?.Path,
            row?.Identity,
            row?.Address,
            row?.ConversationSid,
            row?.FriendlyName.NullIfEmpty() ?? row?.UniqueName
        );
    }

    private string RuleOf(RequestEntry entry, TwilioError error)
    {
        string[] parameters =
            entry.Form is { } form
            && services.GetService(typeof(IValidator<>).MakeGenericType(form)) is IValidator rules
                ?
                [
                    .. RuleErrors
                        .WithParameters(rules)
                        .Where(rule => rule.Error.Code == error.Code && rule.Error.Message == error.Message)
                        .Select(rule => rule.Parameter)
                        .Distinct(),
                ]
                : [];
        string[] sent = [.. parameters.Where(entry.Parameters.ContainsKey)];
        return parameters is []
            ? Rules.GetValueOrDefault(error.Code, error.Message)
            : $"The format of {string.Join(", ", sent is [] ? parameters : sent)}: {error.Message}";
    }

    private async Task<IQueryable<RowInTheWay>?> RowsAsync(
        string accountSid,
        RequestEntry entry,
        TwilioError error,
        CancellationToken cancellationToken
    )
    {
        var service = await ServiceAsync(accountSid, entry, cancellationToken);
        return error.Code switch
        {
            50416 or 50433 => Participants(accountSid, service, entry, error.Code),
            50201 => Users(accountSid, service, Sent(entry, "Identity")),
            50508 => Messages(accountSid, service, Sent(entry, "MediaSid")),
            _ => Conversations(accountSid, service, entry, error),
        };
    }

    private async Task<string?> ServiceAsync(
        string accountSid,
        RequestEntry entry,
        CancellationToken cancellationToken
    ) =>
        entry.RouteValues.GetValueOrDefault("ChatServiceSid")
        ?? await db.Set<Account>()
            .Where(a => a.Sid == accountSid)
            .Select(a => a.DefaultChatServiceSid)
            .FirstOrDefaultAsync(cancellationToken);

    private IQueryable<RowInTheWay> Participants(string accountSid, string? service, RequestEntry entry, int code)
    {
        var (identity, named) = (Sent(entry, "Identity"), Named(entry));
        var pair = Participant.PairOf(
            Sent(entry, "MessagingBinding.Address"),
            Sent(entry, "MessagingBinding.ProxyAddress")
        );
        var own = ShownParticipants.WithPending(db).Live(db).Where(p => p.AccountSid == accountSid);
        var rows =
            code == 50416
                ? own.Where(p => pair != null && p.ActiveBinding == pair)
                : own.Where(p =>
                    db.Set<Conversation>()
                        .Any(c =>
                            c.Sid == p.ConversationSid
                            && (c.Sid == named || (c.ChatServiceSid == service && c.UniqueName == named))
                        )
                    && identity != null
                    && p.Identity == identity
                );
        return rows.Join(
            db.Set<Conversation>(),
            p => p.ConversationSid,
            c => c.Sid,
            (p, c) =>
                new RowInTheWay(
                    PathOf(p.ChatServiceSid, $"Conversations/{c.Sid}/Participants/{p.Sid}"),
                    p.Identity,
                    p.Address ?? p.ProjectedAddress,
                    c.Sid,
                    c.FriendlyName,
                    c.UniqueName
                )
        );
    }

    private IQueryable<RowInTheWay> Users(string accountSid, string? service, string? identity) =>
        db.Set<User>()
            .Live(db)
            .Where(u => u.AccountSid == accountSid && u.ChatServiceSid == service && u.Identity == identity)
            .Select(u => new RowInTheWay(
                PathOf(u.ChatServiceSid, $"Users/{u.Sid}"),
                u.Identity,
                null,
                null,
                null,
                null
            ));

    private IQueryable<RowInTheWay> Messages(string accountSid, string? service, string? media) =>
        db.Set<Message>()
            .Live(db)
            .Where(m => m.AccountSid == accountSid && m.ChatServiceSid == service && m.MediaSid == media)
            .Join(
                db.Set<Conversation>(),
                m => m.ConversationSid,
                c => c.Sid,
                (m, c) =>
                    new RowInTheWay(
                        PathOf(m.ChatServiceSid, $"Conversations/{c.Sid}/Messages/{m.Sid}"),
                        null,
                        null,
                        c.Sid,
                        c.FriendlyName,
                        c.UniqueName
                    )
            );

    private IQueryable<RowInTheWay>? Conversations(
        string accountSid,
        string? service,
        RequestEntry entry,
        TwilioError error
    )
    {
        var (name, named) = (Sent(entry, "UniqueName"), Named(entry));
        var mentioned = ConversationSid().Match(error.Message).Value;
        var own = db.Set<Conversation>().Live(db).Where(c => c.AccountSid == accountSid);
        var rows = error.Code switch
        {
            50438 => own.Where(c => c.Sid == mentioned),
            50353 => own.Where(c => c.ChatServiceSid == service && c.UniqueName == name),
            50377 or 50386 => own.Where(c => c.Sid == named || (c.ChatServiceSid == service && c.UniqueName == named)),
            _ => null,
        };
        return rows?.Select(c => new RowInTheWay(
            PathOf(c.ChatServiceSid, $"Conversations/{c.Sid}"),
            null,
            null,
            c.Sid,
            c.FriendlyName,
            c.UniqueName
        ));
    }

    // The conversation of the path, by its SID or unique name.
    private static string? Named(RequestEntry entry) =>
        entry.RouteValues.GetValueOrDefault("ConversationSid") ?? entry.RouteValues.GetValueOrDefault("Sid");

    private static string? Sent(RequestEntry entry, string name) =>
        entry.Parameters.GetValueOrDefault(name)?.LastOrDefault();

    private static string PathOf(string chatServiceSid, string path) => $"/v1/Services/{chatServiceSid}/{path}";

    [GeneratedRegex("CH[0-9a-f]{32}")]
    private static partial Regex ConversationSid();
}
