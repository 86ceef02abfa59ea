using Conversations.Api.Accounts;
using Conversations.Api.Data;
using Conversations.Api.Messages;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Conversations.Api.Control;

/// <summary>The phones of the simulated network: what they send, and what they have received.</summary>
internal static class PhoneEndpoints
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static void MapPhones(this IEndpointRouteBuilder routes)
    {
        var phones = routes.MapGroup("/control").WithTags("Phones");
        phones
            .MapPost("inbound", ReceiveAsync)
            .WithName("CreateInbound")
            .WithSummary("Send a message from a phone, as the network would bring it");
        phones
            .MapGet("phones", ListAsync)
            .WithName("ListPhone")
            .WithSummary("List the addresses of the account, with the number of messages that each has received");
        phones
            .MapGet("phones/{address}", FetchAsync)
            .WithName("FetchPhone")
            .WithSummary("Fetch the messages that a phone has received, in order. wait=5s waits until one matches");
    }

    private static async Task<Created<InboundResource>> ReceiveAsync(
        HttpContext context,
        InboundForm form,
        InboundRouting routing,
        RequestScope scope,
        MessageService messages,
        AccountClock clock,
        CancellationToken cancellationToken
    )
    {
        var (sid, inbound) = (context.Account().Sid, form.Check());
        if (await routing.FindAsync(sid, inbound, cancellationToken) is not { } found)
        {
            var reason = await routing.ExplainAsync(sid, inbound, cancellationToken);
            return TypedResults.Created((string?)null, InboundResource.Unrouted(reason));
        }

        // Twilio calls webhooks for inbound messages without a header that asks for it.
        var (conversation, media) = (found.Conversation, inbound.Media.Select(file => file.ToMedia(clock)).ToList());
        scope.Origin = new(conversation.ChatServiceSid, inbound.Type.ToUpperInvariant());
        CreateMessageForm message = new()
        {
            Author = inbound.From,
            Body = inbound.Body,
            Inbound = new(found.Participant.Sid, inbound.From, media is [] ? null : media),
        };
        var created = await messages.CreateAsync(conversation.Sid, message, cancellationToken);
        return TypedResults.Created(
            scope.Url($"Conversations/{conversation.Sid}/Messages/{created.Sid}"),
            InboundResource.Delivered(created)
        );
    }

    private static async Task<PhoneListResource> ListAsync(
        HttpContext context,
        PhoneQueries queries,
        CancellationToken cancellationToken
    ) => new(await queries.ListAsync(context.Account().Sid, cancellationToken));

    private static async Task<PhoneResource> FetchAsync(
        HttpContext context,
        string address,
        [AsParameters] PhoneQuery query,
        PhoneQueries queries,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (address.Contains('\0') || query.HasNul)
        {
            throw new ControlException(StatusCodes.Status400BadRequest, "Parameters may not contain NUL.");
        }

        query.Check();

        // The messages may come from any server of the database, so this looks again and again.
        context.Features.Get<RequestTimer>()?.Stop();
        var (started, wait) = (clock.GetTimestamp(), JournalEndpoints.WaitOf(query.Wait));
        while (true)
        {
            var messages = await queries.ReceivedAsync(context.Account().Sid, address, query, cancellationToken);
            if (messages is not [] || clock.GetElapsedTime(started) >= wait)
            {
                return new(address, messages);
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }
}
