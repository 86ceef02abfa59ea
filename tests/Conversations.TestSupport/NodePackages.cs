namespace Conversations.TestSupport;

/// <summary>The node and npm on PATH, and what npm fetched, kept in the user's cache for all later runs.</summary>
internal static class NodePackages
{
    public static string? Node { get; } = PostgresBinaries.OnPath("node");

    public static string? Npm { get; } = PostgresBinaries.OnPath("npm");

    /// <summary>Returns the folder of that name in the cache, after filling it unless an earlier run did.</summary>
    /// <param name="name">Different for other contents: what is there is never changed.</param>
    /// <param name="otherwise">Where the cache is when the user has no folder for such.</param>
    /// <param name="fillAsync">Fills a new folder; nothing is kept when it throws.</param>
    public static async Task<string> FetchAsync(string name, string otherwise, Func<string, Task> fillAsync)
    {
        var cache = Environment.GetFolderPath(
            Environment.SpecialFolder.LocalApplicationData,
            Environment.SpecialFolderOption.Create
        );
        var home = Path.Combine(cache.Length > 0 ? cache : otherwise, "conversations-tests");
        var kept = Path.Combine(home, name);
        if (Directory.Exists(kept))
        {
            return kept;
        }

        var fresh = Directory.CreateDirectory(Path.Combine(home, Path.GetRandomFileName())).FullName;
        try
        {
            await fillAsync(fresh);
            Directory.Move(fresh, kept);
        }
        catch (IOException) when (Directory.Exists(kept))
        {
            // Another test process fetched it meanwhile.
        }
        finally
        {
            if (Directory.Exists(fresh))
            {
                Directory.Delete(fresh, recursive: true);
            }
        }

        return kept;
    }
}
