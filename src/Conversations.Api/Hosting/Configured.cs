using Conversations.Api.Errors;

namespace Conversations.Api.Hosting;

/// <summary>Creates the application builder with the configuration.</summary>
public static class Configured
{
    /// <summary>Creates a builder and checks its configuration.</summary>
    /// <exception cref="ConfigurationException">A file or a folder can't be read, or a setting is wrong.</exception>
    public static WebApplicationBuilder Builder(string[] arguments)
    {
        try
        {
            // The configuration is not reloaded on a change: the database may be in the watched folder, and every write
            // to it would trigger the watcher.
            var builder = WebApplication.CreateBuilder(["--hostBuilder:reloadConfigOnChange=false", .. arguments]);
            new ConfigurationCheck(builder.Configuration).Check();
            return builder;
        }
        catch (InvalidDataException exception)
        {
            // The message names the file. The innermost message names the position.
            var position = Sentence.Of(exception.GetBaseException().Message);
            throw new ConfigurationException($"{exception.Message.TrimEnd('.')}: {position}");
        }
        catch (Exception exception) when (exception is DirectoryNotFoundException or ArgumentException)
        {
            var reason = Sentence.Of(exception.Message);
            throw new ConfigurationException($"--contentRoot (ASPNETCORE_CONTENTROOT): {reason}");
        }
    }
}
