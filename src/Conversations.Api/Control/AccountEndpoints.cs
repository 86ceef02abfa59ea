using Conversations.Api.Accounts;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Conversations.Api.Control;

/// <summary>Accounts on demand: each test has its own.</summary>
internal static class AccountEndpoints
{
    public static void MapAccounts(this IEndpointRouteBuilder routes, ControlOptions options)
    {
        var accounts = routes.MapGroup("/control/accounts").WithTags("Accounts");
        if (options.CreatesAccounts)
        {
            accounts
                .MapPost("", CreateAsync)
                .AllowAnonymous()
                // Clients send an empty POST with the type of a form.
                .Accepts<NewAccountForm>(isOptional: true, "application/json", "*/*")
                .WithName("CreateAccount")
                .WithSummary(
                    "Create an account and its default chat service, without credentials. A seed gives the same SIDs"
                );
        }

        accounts
            .MapDelete("{sid}", DeleteAsync)
            .WithName("DeleteAccount")
            .WithSummary("Delete the account of the credentials with all that it has");
    }

    /// <summary>The account of the request's credentials.</summary>
    public static AccountOptions Account(this HttpContext context) =>
        context.Features.GetRequiredFeature<AccountOptions>();

    private static async Task<Created<NewAccountResource>> CreateAsync(
        HttpContext context,
        StoredAccounts stored,
        AccountRows rows,
        Journal journal,
        FaultRules faults,
        CancellationToken cancellationToken
    )
    {
        var seed = await SeedAsync(context.Request, cancellationToken);
        if (seed is { } given && await stored.FindAsync(Seeds.AccountOf(given).Sid, null, cancellationToken) is { } old)
        {
            await rows.DeleteAsync(old.Sid, context, cancellationToken);
            stored.Forget(old.Sid);
            journal.Forget(old.Sid);
            faults.Deleted(old.Sid);
        }

        var account = await stored.CreateAsync(seed, cancellationToken);
        return TypedResults.Created(
            $"/control/accounts/{account.Sid}",
            new NewAccountResource(account.Sid, account.AuthToken, account.DefaultChatServiceSid)
        );
    }

    private static async Task<long?> SeedAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.Body.Length == 0) // InputCheck has read it.
        {
            return null;
        }

        return (await request.ReadFromJsonAsync<NewAccountForm>(cancellationToken))?.Seed;
    }

    private static async Task<NoContent> DeleteAsync(
        string sid,
        HttpContext context,
        AccountDirectory directory,
        StoredAccounts stored,
        AccountRows rows,
        Journal journal,
        FaultRules faults,
        CancellationToken cancellationToken
    )
    {
        if (sid != context.Account().Sid)
        {
            throw new ControlException(
                StatusCodes.Status404NotFound,
                "Credentials reach their own account only. The path must have its SID."
            );
        }

        if (directory.Find(sid) is not null)
        {
            throw new ControlException(
                StatusCodes.Status409Conflict,
                "The account is in the configuration of the server, so it can't be deleted."
            );
        }

        await rows.DeleteAsync(sid, context, cancellationToken);
        stored.Forget(sid);
        journal.Forget(sid);
        faults.Deleted(sid);
        return TypedResults.NoContent();
    }
}
