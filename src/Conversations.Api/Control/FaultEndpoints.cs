using Conversations.Api.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Control;

/// <summary>The rules of faults of an account.</summary>
internal static class FaultEndpoints
{
    private static readonly AccountLimit Limit = new(100, "rules of faults");

    public static void MapFaults(this IEndpointRouteBuilder routes)
    {
        var faults = routes.MapGroup("/control/faults").WithTags("Faults");
        faults
            .MapPost("", CreateAsync)
            .WithName("CreateFault")
            .WithSummary("Make requests, webhooks or deliveries fail that match");
        faults.MapGet("", ListAsync).WithName("ListFault").WithSummary("List the rules and their hits, oldest first");
        faults.MapDelete("{id}", DeleteAsync).WithName("DeleteFault").WithSummary("Delete a rule");
        faults.MapDelete("", DeleteAllAsync).WithName("DeleteAllFault").WithSummary("Delete all rules");
    }

    private static async Task<Created<FaultResource>> CreateAsync(
        HttpContext context,
        FaultForm form,
        FaultRules rules,
        ConversationsDbContext db,
        IActionDescriptorCollectionProvider actions,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        FaultFormRules.Check(form, Operations.All(actions));
        if (form.Probability is not null)
        {
            form = form with { Seed = form.Seed ?? Random.Shared.Next() };
        }

        var rule = FaultRule.Of(context.Account().Sid, form, clock.GetUtcNow());
        var own = db.Set<FaultRule>().Where(r => r.AccountSid == rule.AccountSid);
        await Limit.AddAsync(db, rule.AccountSid, rule, own, replaced: null, cancellationToken);
        rules.Added(rule.AccountSid);
        return TypedResults.Created($"/control/faults/{rule.Id}", FaultResource.Of(rule));
    }

    private static async Task<FaultListResource> ListAsync(
        HttpContext context,
        ConversationsDbContext db,
        CancellationToken cancellationToken
    )
    {
        var sid = context.Account().Sid;
        var rules = await db.Set<FaultRule>()
            .Where(r => r.AccountSid == sid)
            .OrderBy(r => r.Id)
            .ToListAsync(cancellationToken);
        return new([.. rules.Select(FaultResource.Of)]);
    }

    private static async Task<NoContent> DeleteAsync(
        HttpContext context,
        string id,
        FaultRules rules,
        ConversationsDbContext db,
        CancellationToken cancellationToken
    )
    {
        var sid = context.Account().Sid;
        var rule = db.Set<FaultRule>().Where(r => r.AccountSid == sid && r.Id == id);
        var deleted = await db.InTransactionAsync(() => rule.ExecuteDeleteAsync(cancellationToken), cancellationToken);
        rules.Deleted(sid);
        return deleted > 0
            ? TypedResults.NoContent()
            : throw new ControlException(
                StatusCodes.Status404NotFound,
                "The account has no rule of faults with this id."
            );
    }

    private static async Task<NoContent> DeleteAllAsync(
        HttpContext context,
        FaultRules rules,
        ConversationsDbContext db,
        CancellationToken cancellationToken
    )
    {
        var sid = context.Account().Sid;
        var own = db.Set<FaultRule>().Where(r => r.AccountSid == sid);
        await db.InTransactionAsync(() => own.ExecuteDeleteAsync(cancellationToken), cancellationToken);
        rules.Deleted(sid);
        return TypedResults.NoContent();
    }
}
