using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
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
        [50416] = "A pair of address and proxy address is in one open conversation of the account.",
        [50425] = "A pair of address and proxy address is in one open conversation of the account.",
        [50433] = "An identity is in a conversation once, and so is a pair of addresses.",
        [50437] = "An address is in a group text once.",
        [50438] = "A set of addresses is in one open group text of the account.",
        [50508] = "A media object belongs to one message of a chat service.",
    };

    /// <returns>Null for a success.</returns>
    public async Task<RequestErrorResource?> ExplainAsync(
        string accountSid,
        RequestEntry entry,
        CancellationToken cancellationToken
    )
    {
        if (entry.ErrorCode is not { } code)
        {
            return null;
        }

        var body = JsonNode.Parse(entry.Answer);
        var message = (string?)body?["message"] ?? "";
        return new(
            code,
            message,
            (string?)body?["more_info"] ?? "",
            RuleOf(entry, code, message),
            await RowAsync(accountSid, entry, code, message, cancellationToken)
        );
    }

    private string RuleOf(RequestEntry entry, int code, string message)
    {
        string[] parameters =
            entry.Form is { } form
            && services.GetService(typeof(IValidator<>).MakeGenericType(form)) is IValidator rules
                ?
                [
                    .. RuleErrors
                        .WithParameters(rules)
                        .Where(rule => rule.Error.Code == code && rule.Error.Message == message)
                        .Select(rule => rule.Parameter)
                        .Distinct(),
                ]
                : [];
        string[] sent = [.. parameters.Where(entry.Parameters.ContainsKey)];
        return parameters is []
            ? Rules.GetValueOrDefault(code, message)
            : $"The format of {string.Join(", ", sent is [] ? parameters : sent)}: {message}";
    }

    private async Task<string?> RowAsync(
        string accountSid,
        RequestEntry entry,
        int code,
        string message,
        CancellationToken cancellationToken
    )
    {
        var participants = db.Set<Participant>().Where(p => p.AccountSid == accountSid);
        var conversations = db.Set<Conversation>().Where(c => c.AccountSid == accountSid);
        var named =
            entry.RouteValues.GetValueOrDefault("ConversationSid") ?? entry.RouteValues.GetValueOrDefault("Sid");
        var service = entry.RouteValues.GetValueOrDefault("ChatServiceSid") ?? $"IS{accountSid[2..]}";
        var identity = Sent(entry, "Identity");
        var pair = Participant.PairOf(
            Sent(entry, "MessagingBinding.Address"),
            Sent(entry, "MessagingBinding.ProxyAddress")
        );
        var media = Sent(entry, "MediaSid");
        var rows = code switch
        {
            50433 => participants
                .Where(p =>
                    conversations.Any(c => c.Sid == p.ConversationSid && (c.Sid == named || c.UniqueName == named))
                )
                .Where(p => (identity != null && p.Identity == identity) || (pair != null && p.ActiveBinding == pair))
                .Select(p => PathOf(p.ChatServiceSid, $"Conversations/{p.ConversationSid}/Participants/{p.Sid}")),
            50416 => participants
                .Where(p => pair != null && p.ActiveBinding == pair)
                .Select(p => PathOf(p.ChatServiceSid, $"Conversations/{p.ConversationSid}/Participants/{p.Sid}")),
            50201 => db.Set<User>()
                .Where(u => u.AccountSid == accountSid && u.ChatServiceSid == service && u.Identity == identity)
                .Select(u => PathOf(u.ChatServiceSid, $"Users/{u.Sid}")),
            50508 => db.Set<Message>()
                .Where(m => m.AccountSid == accountSid && m.ChatServiceSid == service && m.MediaSid == media)
                .Select(m => PathOf(m.ChatServiceSid, $"Conversations/{m.ConversationSid}/Messages/{m.Sid}")),
            _ => InTheWay(conversations, entry, code, service, named, ConversationSid().Match(message).Value)
                ?.Select(c => PathOf(c.ChatServiceSid, $"Conversations/{c.Sid}")),
        };
        return rows is null ? null : await rows.FirstOrDefaultAsync(cancellationToken);
    }

    private static IQueryable<Conversation>? InTheWay(
        IQueryable<Conversation> all,
        RequestEntry entry,
        int code,
        string service,
        string? named,
        string mentioned
    )
    {
        var name = Sent(entry, "UniqueName");
        return code switch
        {
            50438 => all.Where(c => c.Sid == mentioned),
            50353 => all.Where(c => c.ChatServiceSid == service && c.UniqueName == name),
            50377 or 50386 => all.Where(c => c.Sid == named || c.UniqueName == named),
            _ => null,
        };
    }

    private static string? Sent(RequestEntry entry, string name) =>
        entry.Parameters.GetValueOrDefault(name)?.LastOrDefault();

    private static string PathOf(string chatServiceSid, string path) => $"/v1/Services/{chatServiceSid}/{path}";

    [GeneratedRegex("CH[0-9a-f]{32}")]
    private static partial Regex ConversationSid();
}
