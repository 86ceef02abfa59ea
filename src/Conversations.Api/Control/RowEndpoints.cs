using System.IO.Compression;
using System.Text;
using Conversations.Api.Data;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Control;

/// <summary>The state of an account: reset, export, import, and checkpoints.</summary>
internal static class RowEndpoints
{
    private const int MaxDocumentBytes = 64 << 20;

    private static readonly AccountLimit Limit = new(20, "checkpoints");

    private const int MaxNameLength = 64;

    public static void MapRows(this IEndpointRouteBuilder routes)
    {
        var state = routes.MapGroup("/control").WithTags("State");
        state
            .MapPost("reset", ResetAsync)
            .WithName("ResetAccount")
            .WithSummary("Make the account as it was when it was new, with real time. Its checkpoints stay");
        state.MapGet("export", ExportAsync).WithName("ExportAccount").WithSummary("Read all rows of the account");
        state
            .MapPost("import", ImportAsync)
            .WithName("ImportAccount")
            .WithSummary("Replace all rows of the account. sids=new gives the rows new SIDs")
            .Accepts<object>("application/json")
            .WithMetadata(new RequestSizeLimitAttribute(MaxDocumentBytes));
        var checkpoints = state.MapGroup("checkpoints");
        checkpoints
            .MapPost("", CreateAsync)
            .WithName("CreateCheckpoint")
            .WithSummary("Keep the state of the account under a name. Without one the server chooses it");
        checkpoints.MapGet("", ListAsync).WithName("ListCheckpoint").WithSummary("List the checkpoints, oldest first");
        checkpoints
            .MapPost("{name}/restore", RestoreAsync)
            .WithName("RestoreCheckpoint")
            .WithSummary("Bring the account back to the checkpoint");
        checkpoints.MapDelete("{name}", DeleteAsync).WithName("DeleteCheckpoint").WithSummary("Delete the checkpoint");
    }

    private static async Task<NoContent> ResetAsync(
        HttpContext context,
        AccountRows rows,
        Journal journal,
        FaultRules faults,
        CancellationToken cancellationToken
    )
    {
        await rows.ResetAsync(context.Account(), cancellationToken);
        journal.Clear(context.Account().Sid);
        faults.Deleted(context.Account().Sid);
        return TypedResults.NoContent();
    }

    private static async Task<FileContentHttpResult> ExportAsync(
        HttpContext context,
        AccountRows rows,
        CancellationToken cancellationToken
    ) => TypedResults.Bytes(await rows.ExportAsync(context.Account().Sid, cancellationToken), "application/json");

    private static async Task<ImportResource> ImportAsync(
        HttpContext context,
        AccountRows rows,
        AccountClock clock,
        string? sids,
        CancellationToken cancellationToken
    )
    {
        if (sids is not (null or "new" or "keep"))
        {
            throw new ControlException(StatusCodes.Status400BadRequest, "sids must be new or keep.");
        }

        using StreamReader reader = new(context.Request.Body, Encoding.UTF8);
        var document = await reader.ReadToEndAsync(cancellationToken);
        var account = context.Account();
        if (sids == "new" || (sids is null && AccountDocument.IsOfAnother(document, account.Sid)))
        {
            document = AccountDocument.WithNewSids(document, account, clock);
        }

        return new(await rows.ImportAsync(account, Encoding.UTF8.GetBytes(document), cancellationToken));
    }

    private static async Task<Created<CheckpointResource>> CreateAsync(
        HttpContext context,
        NewCheckpointForm? form,
        AccountRows rows,
        ConversationsDbContext db,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var name = form?.Name ?? $"{now:yyyyMMdd-HHmmss-fffffff}";
        if (
            name.Length is 0 or > MaxNameLength
            || name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_'))
        )
        {
            throw new ControlException(
                StatusCodes.Status400BadRequest,
                $"name must have 1 to {MaxNameLength} letters, digits, - and _."
            );
        }

        Checkpoint checkpoint = new()
        {
            AccountSid = context.Account().Sid,
            Name = name,
            DateCreated = now,
            Content = Compress(await rows.ExportAsync(context.Account().Sid, cancellationToken)),
        };
        var own = db.Set<Checkpoint>().Where(c => c.AccountSid == checkpoint.AccountSid);
        var replaced = own.Where(c => c.Name == name);
        await Limit.AddAsync(db, checkpoint.AccountSid, checkpoint, own, replaced, cancellationToken);
        return TypedResults.Created($"/control/checkpoints/{name}", new CheckpointResource(name, now));
    }

    private static async Task<CheckpointListResource> ListAsync(
        HttpContext context,
        ConversationsDbContext db,
        CancellationToken cancellationToken
    )
    {
        var sid = context.Account().Sid;
        return new(
            await db.Set<Checkpoint>()
                .Where(c => c.AccountSid == sid)
                .OrderBy(c => c.DateCreated)
                .ThenBy(c => c.Name)
                .Select(c => new CheckpointResource(c.Name, c.DateCreated))
                .ToListAsync(cancellationToken)
        );
    }

    private static async Task<ImportResource> RestoreAsync(
        HttpContext context,
        string name,
        AccountRows rows,
        ConversationsDbContext db,
        CancellationToken cancellationToken
    )
    {
        var account = context.Account();
        var content =
            await db.Set<Checkpoint>()
                .Where(c => c.AccountSid == account.Sid && c.Name == name)
                .Select(c => c.Content)
                .SingleOrDefaultAsync(cancellationToken)
            ?? throw NoCheckpoint;
        return new(await rows.ImportAsync(account, Decompress(content), cancellationToken));
    }

    private static async Task<NoContent> DeleteAsync(
        HttpContext context,
        string name,
        ConversationsDbContext db,
        CancellationToken cancellationToken
    )
    {
        var sid = context.Account().Sid;
        var deleted = await db.InTransactionAsync(
            () =>
                db.Set<Checkpoint>()
                    .Where(c => c.AccountSid == sid && c.Name == name)
                    .ExecuteDeleteAsync(cancellationToken),
            cancellationToken
        );
        return deleted > 0 ? TypedResults.NoContent() : throw NoCheckpoint;
    }

    private static ControlException NoCheckpoint =>
        new(StatusCodes.Status404NotFound, "The account has no checkpoint of this name.");

    private static byte[] Compress(byte[] document)
    {
        using MemoryStream compressed = new();
        using (BrotliStream stream = new(compressed, CompressionLevel.Fastest))
        {
            stream.Write(document);
        }

        return compressed.ToArray();
    }

    private static byte[] Decompress(byte[] content)
    {
        using MemoryStream document = new();
        using BrotliStream stream = new(new MemoryStream(content), CompressionMode.Decompress);
        stream.CopyTo(document);
        return document.ToArray();
    }
}
